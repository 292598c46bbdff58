"""The pages as a person meets them: in a real browser, by mouse, finger and keyboard."""

import os
import shutil
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from published import publish

from archive.serve import datasette_for

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FLAGGED = "#applications-outcome_total-total"


@pytest.fixture(scope="module")
def chromium():
    if not shutil.which(CHROMIUM):
        told = f"there is no {CHROMIUM}: nobody looks at the pages"
        if os.environ.get("NIANBAO_REQUIRE_BROWSER") == "1":
            pytest.fail(told)
        pytest.skip(told)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve the small archive over HTTP for as long as the module runs."""
    app = datasette_for(publish(tmp_path_factory.mktemp("published"))).app()
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(600):
        if server.started:
            break
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(30)


class Visitor:
    """One person with a window: what they see, and everything their browser complains of."""

    def __init__(self, page, address: str, album: Path) -> None:
        self.page = page
        self.address = address
        self.album = album
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def goes_to(self, path: str) -> None:
        response = self.page.goto(self.address + path)
        assert response.status == 200

    def keeps(self, name: str) -> None:
        path = self.album / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        assert path.stat().st_size > 5000

    def is_content(self) -> None:
        assert self.complaints == []
        hosts = {urlsplit(url).hostname for url in self.asked if not url.startswith("data:")}
        assert hosts == {"127.0.0.1"}


@pytest.fixture(params=["desk", "phone"])
def visitor(request, chromium, address, tmp_path):
    width, scheme = {"desk": (1280, "light"), "phone": (390, "dark")}[request.param]
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
        has_touch=request.param == "phone",
    )
    yield Visitor(context.new_page(), address, tmp_path)
    context.close()


@pytest.mark.parametrize("typed", ["公开", "罕", "政府信息公開"])
def test_searching_from_the_front_page(visitor, typed):
    visitor.goes_to("/")
    visitor.keeps("front")
    visitor.page.get_by_role("searchbox").fill(typed)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/search?**")
    assert visitor.page.locator("ol.found > li mark").count() > 0
    visitor.keeps("search")
    visitor.page.locator("ol.found a").first.click()
    visitor.page.wait_for_url("**/report/**")
    visitor.is_content()


def test_a_flagged_figure_explains_itself_to_mouse_finger_and_keyboard(visitor):
    visitor.goes_to("/report/990200-edu-2023")
    button = visitor.page.locator(f"{FLAGGED} > button")
    note = visitor.page.locator(f"{FLAGGED} > [popover]")
    assert not note.is_visible()
    button.click()
    assert note.is_visible()
    assert "应为 12" in note.inner_text()
    box, width = note.bounding_box(), visitor.page.viewport_size["width"]
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    visitor.keeps("flagged")
    visitor.page.keyboard.press("Escape")
    assert not note.is_visible()
    button.focus()
    visitor.page.keyboard.press("Enter")
    assert note.is_visible()
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.closest('[popover]') !== null")
    visitor.is_content()


@pytest.mark.parametrize(
    "path",
    [
        "/body/990200-edu",
        "/report/990200-water-2023",
        "/rule/outcome_sum",
        "/nianbao",
        "/nianbao/flags_by_rule",
        "/nianbao/sections?_search=公开",
        "/nianbao/refusal_grounds?year=2023",
    ],
)
def test_no_page_is_wider_than_the_window(visitor, path):
    visitor.goes_to(path)
    visitor.keeps("page")
    wide = visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    visitor.is_content()


def test_scripts_of_archived_pages_do_not_run(visitor):
    visitor.goes_to("/capture/1")
    frame = visitor.page.frames[1]
    frame.wait_for_load_state()
    assert "政府信息公开工作年度报告" in frame.title()
    assert frame.title() != "ran"
    visitor.keeps("capture")
    hosts = {urlsplit(url).hostname for url in visitor.asked}
    assert hosts == {"127.0.0.1"}
    visitor.goes_to("/capture/1/bytes")
    assert visitor.page.title() != "ran"
    assert {urlsplit(url).hostname for url in visitor.asked} == {"127.0.0.1"}
