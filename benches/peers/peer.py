"""What every peer is."""


class InProcess:
    """A peer that runs in this process, and leaves nothing behind."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def server_time(self):
        return 0.0
