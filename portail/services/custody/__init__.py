"""La garde partagée d'un enfant : la montrer, la proposer, la régler, et dire à qui est chaque jour."""

from portail.services.custody.calendar import show, show_to_agent
from portail.services.custody.changes import (
    add_exception,
    apply_request,
    end_pattern,
    propose,
    remove_exception,
    set_pattern,
)
from portail.services.custody.describe import describe_request
from portail.services.custody.forms import ExceptionForm, PatternForm
from portail.services.custody.homes import check_two_families, custodies_of, custody_of

__all__ = [
    "ExceptionForm",
    "PatternForm",
    "add_exception",
    "apply_request",
    "check_two_families",
    "custodies_of",
    "custody_of",
    "describe_request",
    "end_pattern",
    "propose",
    "remove_exception",
    "set_pattern",
    "show",
    "show_to_agent",
]
