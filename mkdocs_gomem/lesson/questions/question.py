"""What a question is, whatever its kind."""

from __future__ import annotations

from mkdocs_gomem.lean import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    text: str
    misconception: str
    """Name of the belief behind a wrong answer, like `new means heap`; empty for the right one."""
    reply: str
    """What to say to whoever chose it."""

    @property
    def right(self) -> bool:
        """Say whether this is the right answer: no misconception leads to it."""
        return not self.misconception


@dataclass(frozen=True, slots=True)
class Question:
    """A question with one right choice."""

    kind: str
    text: str
    choices: tuple[Choice, ...]

    def __post_init__(self) -> None:
        if sum(choice.right for choice in self.choices) != 1:
            raise ValueError(f"{self.kind}: one choice must be right: {self.text}")
        if len({choice.text for choice in self.choices}) != len(self.choices):
            raise ValueError(f"{self.kind}: two choices read alike: {self.text}")

    @property
    def answer(self) -> Choice:
        """The right choice."""
        return next(choice for choice in self.choices if choice.right)
