"""Read by every kernel of the course's environment: slips are answered in plain words from the first cell on."""

c = get_config()  # noqa: F821  (IPython puts it here)

c.InteractiveShellApp.exec_lines = ["import course as _course; del _course"]
