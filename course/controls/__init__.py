"""The controls every interactive is made of: native HTML elements in one anywidget, and their text twin."""
