from .cases.player import play as play
from .cases.reader import read as read
from .controls.crisis import crisis_help as crisis_help
from .evidence.figures import icon_array as icon_array
from .evidence.figures import interval_plot as interval_plot
from .grading.marker import check as check
from .questions.card import ask as ask
from .questions.card import predict as predict
