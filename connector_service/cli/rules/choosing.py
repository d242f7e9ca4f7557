"""Which rule files a command is about."""

from __future__ import annotations

from pathlib import Path


def chosen_files(names: list[str] | None) -> list[Path]:
    """The rule files that a person names: ids such as ownership, paths, or folders; none means all shipped ones.

    Raises:
        InvalidInput: a name is neither, or a folder holds no rule file.
    """
    from connector_service.errors import InvalidInput
    from connector_service.local.home import CHECKOUT
    from connector_service.rules_engine.findings import did_you_mean
    from connector_service.rules_engine.folder import rule_paths

    shipped = CHECKOUT / "rules"
    chosen: dict[Path, None] = {}
    for name in names or [str(shipped)]:
        path = Path(name)
        if path.is_dir():
            found = rule_paths(path)
            if not found:
                raise InvalidInput(f"{path} holds no rule file. Name the folder with organisation.json and the files.")
        else:
            found = [path if path.is_file() else shipped / f"{name}.json"]
        if not found[0].is_file():
            fix = did_you_mean(name, [each.stem for each in rule_paths(shipped)])
            raise InvalidInput(f"{name} is no rule file, no folder and no id of a shipped file. {fix}")
        chosen.update(dict.fromkeys(found))
    return list(chosen)
