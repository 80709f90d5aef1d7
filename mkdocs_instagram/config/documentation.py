"""Links to the documentation, where its address is known."""

_LABEL = "Documentation, "
_COMMANDS = "guide/commands/"
_TROUBLESHOOTING = "guide/troubleshooting/"


def find_command(name: str) -> str:
    """Return the address of a command's description, with name "" of all; "" if not known."""
    return _find_page(f"{_COMMANDS}#{name}" if name else _COMMANDS)


def find_messages() -> str:
    """Return the address of the page with all messages; "" if it is not known."""
    return _find_page(_TROUBLESHOOTING)


def add_link(message: str) -> str:
    """Return the message of a failure, with the address of the page with all messages."""
    address = find_messages()
    return f"{message} More: {address}" if address else message


def _find_page(uri: str) -> str:
    # Imported here: a build without messages does not read the package's metadata.
    from importlib import metadata

    try:
        urls = metadata.metadata("mkdocs-instagram").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:  # the source is used without an installation
        return ""
    found = (url.removeprefix(_LABEL) for url in urls if url.startswith(f"{_LABEL}https://"))
    return next((f"{address.rstrip('/')}/{uri}" for address in found), "")
