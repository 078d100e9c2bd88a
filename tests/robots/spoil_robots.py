"""Spoil sound models and settings: their bytes, or their elements and numbers so that they stay well-formed."""

import xml.etree.ElementTree as ElementTree
from random import Random
from typing import Any

import yaml

NUMBERS = ("nan", "-inf", "1e999", "-1", "0", "1e9", "1e-9", "99999999999999999999", "", "x", "0x10", "1 2 3 4 5 6 7 8")
"""Put where a number stands."""
WORDS = ("true", "auto", "trunk", "left_hip", "left_foot", "world", "*", "[", "../../x", "\u2028", "é", "a" * 5000)
"""Put where a name stands."""
TAGS = ("body", "joint", "freejoint", "geom", "site", "position", "default", "include", "replicate", "frame", "mesh")
TAGS += ("attach", "flexcomp", "composite", "key", "equality", "weld", "tendon", "link", "origin", "limit", "mujoco")
ATTRIBUTES = ("name", "type", "class", "childclass", "axis", "range", "size", "pos", "quat", "mass", "file", "joint")
ATTRIBUTES += ("kp", "kv", "ctrlrange", "qpos", "fromto", "gear", "condim", "contype", "margin", "count", "timestep")


def spoil_bytes(text: str, random: Random) -> bytes:
    """One byte overwritten, a part left out, doubled or cut off."""
    content = text.encode()
    at, length = random.randint(0, len(content)), random.randint(1, 60)
    rest = content[at + length :]
    middle = random.choice((bytes([random.randint(0, 255)]) * length, content[at : at + length] * 2, b""))
    return content[:at] + middle + (rest if random.random() < 0.9 else b"")


def spoil_model(text: str, random: Random) -> bytes:
    """One to three changes to elements and attributes of an XML; it stays well-formed."""
    root = ElementTree.fromstring(text)
    for _ in range(random.randint(1, 3)):
        random.choice(CHANGES)(root, random)
    return ElementTree.tostring(root)


def spoil_settings(text: str, random: Random) -> bytes:
    """One or two values of a YAML table replaced, or keys given other keys' values."""
    table = yaml.safe_load(text)
    for _ in range(random.randint(1, 2)):
        key = random.choice([*table, "speed", 3, None])
        table[key] = random.choice((_any_value(random, 0), table.get(random.choice(list(table)))))
    return yaml.safe_dump(table, sort_keys=False, allow_unicode=True).encode()


def _any_value(random: Random, depth: int) -> Any:
    kind = random.randint(0, 7 if depth < 3 else 4)
    if kind <= 4:
        number = random.choice((0, -1, 1e9, 1e-12, float("nan"), float("inf"), 10**400, 3))
        return random.choice((number, random.choice(WORDS), random.choice(NUMBERS), None, True))
    if kind == 5:
        return [_any_value(random, depth + 1) for _ in range(random.randint(0, 4))]
    return {random.choice((*WORDS, 5)): _any_value(random, depth + 1) for _ in range(random.randint(0, 3))}


def _set_value(root: ElementTree.Element, random: Random) -> None:
    element = _one(root, random)
    if not element.attrib:
        return
    key = random.choice(sorted(element.attrib))
    words = element.attrib[key].split() or [""]
    words[random.randrange(len(words))] = random.choice(random.choice((NUMBERS, WORDS)))
    element.set(key, " ".join(words))


def _set_attribute(root: ElementTree.Element, random: Random) -> None:
    _one(root, random).set(random.choice(ATTRIBUTES), random.choice(random.choice((NUMBERS, WORDS))))


def _drop_attribute(root: ElementTree.Element, random: Random) -> None:
    element = _one(root, random)
    if element.attrib:
        del element.attrib[random.choice(sorted(element.attrib))]


def _rename(root: ElementTree.Element, random: Random) -> None:
    _one(root, random).tag = random.choice(TAGS)


def _add(root: ElementTree.Element, random: Random) -> None:
    ElementTree.SubElement(_one(root, random), random.choice(TAGS))


def _drop(root: ElementTree.Element, random: Random) -> None:
    parent = _one(root, random)
    if len(parent):
        parent.remove(random.choice(list(parent)))


def _move(root: ElementTree.Element, random: Random) -> None:
    """Put a copy of an element, and all in it, into another."""
    parent = _one(root, random)
    if len(parent):
        child = ElementTree.fromstring(ElementTree.tostring(random.choice(list(parent))))
        _one(root, random).append(child)


def _one(root: ElementTree.Element, random: Random) -> ElementTree.Element:
    return random.choice(list(root.iter()))


CHANGES = (_set_value, _set_value, _set_value, _set_attribute, _drop_attribute, _rename, _add, _drop, _move)
