"""The one exception of the sample."""


class SampleError(ValueError):
    """The sample's data files contradict each other or the form.

    Raised while the portal is put together, never while it serves; mend the file the message names.
    """
