"""A value held against a JSON Schema, as far as ours use it: types, references, alternatives, required keys and no others."""

from __future__ import annotations

from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_KNOWN = {"$ref", "$defs", "anyOf", "type", "enum", "properties", "required", "additionalProperties", "items"}
_WORDS = {"title", "description", "default", "examples"}


def faults(value: Any, schema: dict[str, Any], definitions: dict[str, Any], place: str = "") -> list[str]:
    """Where it does not fit. What is in an object and not in its schema does not fit either, so that none goes undescribed."""
    assert schema.keys() <= _KNOWN | _WORDS, f"{place}: {schema.keys() - _KNOWN}"
    if "$ref" in schema:
        return faults(value, definitions[schema["$ref"].rpartition("/")[2]], definitions, place)
    if "anyOf" in schema:
        found = [faults(value, each, definitions, place) for each in schema["anyOf"]]
        return [] if [] in found else [f"{place}: none of {len(found)}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place}: {value!r}"]
    wanted = schema.get("type")
    if wanted and (not isinstance(value, _TYPES[wanted]) or (isinstance(value, bool) and wanted != "boolean")):
        return [f"{place}: {value!r} is no {wanted}"]
    if isinstance(value, dict):
        return _of_object(value, schema, definitions, place)
    if isinstance(value, list) and "items" in schema:
        return [each for number, one in enumerate(value) for each in faults(one, schema["items"], definitions, f"{place}[{number}]")]
    return []


def _of_object(value: dict[str, Any], schema: dict[str, Any], definitions: dict[str, Any], place: str) -> list[str]:
    found = [f"{place}: no {key}" for key in schema.get("required", ()) if key not in value]
    properties, more = schema.get("properties", {}), schema.get("additionalProperties", "properties" not in schema)
    for key, each in value.items():
        if key in properties:
            found += faults(each, properties[key], definitions, f"{place}.{key}")
        elif isinstance(more, dict):
            found += faults(each, more, definitions, f"{place}.{key}")
        elif not more:
            found.append(f"{place}: {key} is in no schema")
    return found
