"""A self-paced online course engine: Markdown modules in; lessons, marks, progress and badges out."""

__version__ = "0.1"
