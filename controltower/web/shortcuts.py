"""The keys that belong to no single screen."""

from controltower.web import keys


def register_shared() -> None:
    keys.register("help", "?", "Keyboard shortcuts of this page", group="Everywhere")
    keys.register("palette", "Mod+k", "Find a command or page", group="Everywhere", in_fields=True)
    keys.register("filter", "/", "Filter this list", group="Everywhere")
    keys.register("undo", "z", "Undo what you just did", group="Everywhere")
    keys.register("updates", ".", "Show updates", group="Everywhere")
    keys.register("rows.next", "j", "Next", group="Lists")
    keys.register("rows.previous", "k", "Previous", group="Lists")
    keys.register("rows.open", "Enter", "Open", group="Lists")
    keys.register("rows.select", "x", "Select", group="Lists")
    keys.register("rows.range", "Shift+X", "Select up to here", group="Lists")
    keys.register("rows.all", "Shift+A", "Select all on this page", group="Lists")
    keys.register("rows.back", "u", "Back to the list", group="Lists")
    keys.register("page.previous", "[", "Previous item or page", group="Lists")
    keys.register("page.next", "]", "Next item or page", group="Lists")
