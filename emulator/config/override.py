"""`KEY=VALUE`: one value of a machine changed, as `--set` takes it."""

from emulator.base.errors import ConfigError, shown


def split_override(text: str) -> tuple[str, str]:
    """Return the key and the value of `text`. Raises ConfigError where there are not both."""
    key, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--set {shown(text)}: has no value; KEY=VALUE is right, such as tlb.l1d.entries=32")
    return key.strip(), value.strip()
