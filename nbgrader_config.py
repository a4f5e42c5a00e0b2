"""Where stock nbgrader finds everything, when it is run in this folder.

Solutions are the source, exercises the release; whatever people hand in and every mark lies under grading/,
which git ignores and no command deletes.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader puts it here)

root = Path(__file__).resolve().parent
grading = root / "grading"
grading.mkdir(mode=0o700, exist_ok=True)

# A new gradebook is made by a program that is looked up on PATH.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "combined-care"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
gradebook = str(grading / "gradebook.db").replace("%", "%25").replace("?", "%3F")  # both mean something in an address
c.CourseDirectory.db_url = f"sqlite:///{gradebook}"

# Nothing that lies beside a notebook may reach learners in a release, or the kernel when a submission runs.
c.CourseDirectory.ignore.extend(["*.py", "*.pyc", "*.so", "*.md", "*.toml", "course", "sitecustomize*"])

# A damaged notebook is repaired first: what the course put there is put back.
c.Autograde.sanitize_preprocessors = [
    "course.grading.preprocessors.Restore",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Answers are read and marked; nothing that a learner wrote is run.
c.Autograde.autograde_preprocessors = [
    "course.grading.preprocessors.ReadAnswers",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

c.ClearSolutions.code_stub = {"python": "# Your answer goes in place of the three dots."}
c.ClearSolutions.text_stub = "*Write here, in place of this line.*"
