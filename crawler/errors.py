"""What can go wrong in the crawler, by name; the message is always a sentence for a person.

What a portal did to us is never raised from here: that is an outcome, a row in ``fetches``
(``crawler/outcomes.py``). These are our own mistakes, the operator's, or the machine's.
"""


class CrawlerError(Exception):
    """Anything below; catch it at a command's edge and print its message."""


class RegistryError(CrawlerError):
    """A registry file contradicts the contract, at load; mend the file and entry it names."""


class SiteError(CrawlerError):
    """A crawl was asked for a site that is unknown or not active; the message lists what is."""


class ContactError(CrawlerError):
    """A crawl of real hosts was asked for without a contact: give ``--contact`` and run again."""


class GatewayError(CrawlerError):
    """A gateway that is not plain http on a loopback address: pages are never fetched by proxy."""


class CrawlBusy(CrawlerError):
    """Another process crawls or ingests into this data directory: wait for it, then run again."""


class CrawlFailed(CrawlerError):
    """The crawling process died of something other than a request to stop.

    Nothing acknowledged is lost; the message ends with what it last wrote. Run again to resume.
    """


class IngestError(CrawlerError):
    """The documents handed in make no sense together; nothing was taken."""
