"""The floor of a page: Flask, Flask-Login and SQLAlchemy doing what any signed-in page must.

Load the signed-in person, read two more rows, render a 10 kB Jinja page. Served by the same gunicorn
as ours, from a SQLite file of its own. The statements are those SQLAlchemy writes for:

    SELECT people.id, people.name FROM people WHERE people.id = ?
    SELECT courses.id, courses.title FROM courses WHERE courses.id = ?
    SELECT progress.id, progress.state FROM progress WHERE progress.id = ?
"""

from __future__ import annotations

import os

from flask import Flask
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from sqlalchemy import String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Person(UserMixin, Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class Course(Base):
    __tablename__ = "courses"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))


class Progress(Base):
    __tablename__ = "progress"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(200))


PAGE = """<!doctype html><html lang="en"><head><title>{{ course.title }}</title></head><body>
<p>{{ person.name }} {{ progress.state }}</p>
{% for line in lines %}<li class="step">{{ loop.index }}. {{ line }}</li>
{% endfor %}</body></html>"""
LINES = ["Three words that have nothing to do with each other are long, so they are hard to guess."] * 90


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a benchmark keeps no secrets"
    engine = create_engine(os.environ["FLOOR_DATABASE"])
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        db.merge(Person(id=1, name="Lena"))
        db.merge(Course(id=1, title="Online safety"))
        db.merge(Progress(id=1, state="half-way"))
        db.commit()
    manager = LoginManager(app)
    template = app.jinja_env.from_string(PAGE)  # compiled once, as a file's template is

    @manager.user_loader
    def load(person_id: str) -> Person | None:
        with Session(engine, expire_on_commit=False) as db:
            return db.get(Person, int(person_id))

    @app.get("/in")
    def sign_in() -> str:
        login_user(load("1"))
        return "in"

    @app.get("/page")
    @login_required
    def page() -> str:
        with Session(engine) as db:
            course, progress = db.get(Course, 1), db.get(Progress, 1)
            return template.render(person=current_user, course=course, progress=progress, lines=LINES)

    return app
