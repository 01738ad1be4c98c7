"""The gate that every change passes: permission, transaction, rule, journal."""

from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Conflict, ErrorCode, Payload, Stale, UserError

__all__ = ["Conflict", "ErrorCode", "Gate", "Payload", "Stale", "UserError", "act", "input_field"]
