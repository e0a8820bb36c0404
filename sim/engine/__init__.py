"""An ensemble engine on Mesa: n worlds simulated as arrays, events by discrete-time hazards, common random numbers.

It knows nothing of any crisis. A model is a set of `State`s (Mesa agents whose attributes are arrays over worlds) that
declare parameters, fields, draws and events; an `Ensemble` (a Mesa model) holds them and simulates them day by day.
"""

from sim.engine.declarations import DeclarationError
from sim.engine.ensemble import Ensemble, State
from sim.engine.events import DAILY, MONTHLY, WEEKLY, Event, event, hazard_event
from sim.engine.fields import ANYTHING, LONGEST, Field, count, field, flag, level, moment, stock
from sim.engine.parameters import Parameter, collapse, kept_a_day, parameter
from sim.engine.streams import RandomStreams, Stream, exponentials, normals, uniforms
from sim.engine.types import Array, WorldIndex, bounded, worlds_where

__all__ = [
    "ANYTHING", "DAILY", "LONGEST", "MONTHLY", "WEEKLY", "Array", "DeclarationError", "Ensemble", "Event", "Field",
    "Parameter", "RandomStreams", "State", "Stream", "WorldIndex", "bounded", "collapse", "count", "event", "exponentials",
    "field", "flag", "hazard_event", "kept_a_day", "level", "moment", "normals", "parameter", "stock", "uniforms",
    "worlds_where",
]
