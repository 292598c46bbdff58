function createPageHTML(total, current, name, ext) {
  var html = "";
  for (var k = 0; k < total; k++) {
    var file = name + (k ? "_" + k : "") + "." + ext;
    html += k === current ? "<span>" + (k + 1) + "</span> " : "<a href='" + file + "'>" + (k + 1) + "</a> ";
  }
  document.write(html);
}
