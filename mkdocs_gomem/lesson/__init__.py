"""The lesson wing: program, decisions and trace in, what a reader sees out; knows no host.

Door: `scenes.teach` makes the `Lesson`, `page.render` the `Fragment`.
"""
