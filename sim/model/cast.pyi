# Made by `brink docs` from Crisis.states.

from sim.engine.ensemble import State
from sim.model.actors.hamas import Hamas
from sim.model.actors.hezbollah import Hezbollah
from sim.model.actors.houthis import Houthis
from sim.model.actors.iran import Iran
from sim.model.actors.israel import Israel
from sim.model.actors.militias import Militias
from sim.model.actors.united_states import UnitedStates
from sim.model.arenas.gaza import Gaza
from sim.model.arenas.oil import Oil
from sim.model.arenas.street import Street
from sim.model.arenas.talks import NuclearTalks
from sim.model.arenas.war import War

class Cast:
    us: UnitedStates
    israel: Israel
    iran: Iran
    hezbollah: Hezbollah
    hamas: Hamas
    houthis: Houthis
    militias: Militias
    talks: NuclearTalks
    gaza: Gaza
    war: War
    oil: Oil
    street: Street

class Member(Cast, State): ...
