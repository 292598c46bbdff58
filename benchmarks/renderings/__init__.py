"""How well are reports read? Invented ones, rendered in every way met, with the truth beside.

``truth`` invents reports, the modules that ``catalogue`` lists print them as portals and word
processors do, ``score`` reads them back. No real report is used, and nothing here is told to the
parser.
"""
