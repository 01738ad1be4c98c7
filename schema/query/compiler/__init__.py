"""A selection compiled to SQL that answers JSON.

The one door: nothing outside of this package imports its modules.
"""

from schema.query.compiler.executor import CompiledQuery, JsonText, Plan
from schema.query.compiler.expressions import NotCompilable

__all__ = ["CompiledQuery", "JsonText", "NotCompilable", "Plan"]
