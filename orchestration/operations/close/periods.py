"""Which fiscal period is meant: of one entity by its own calendar, or of all entities on the same days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from orchestration.core.errors import ConfigurationError
from orchestration.core.periods import fiscal_period, period_days

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.stores.home import Entity
    from orchestration.stores.practice import PracticeStores

EVERY_ENTITY: Final = "all"


class Period(NamedTuple):
    """One fiscal period of one entity."""

    entity: Entity
    name: str
    first: dt.date
    last: dt.date
    year_start: dt.date
    main_entity_id: str

    @property
    def title(self) -> str:
        """The entity and the period's name, as people read them."""
        return f"{self.entity.entity_id} {self.name}"


def period_of(stores: PracticeStores, entity_id: str, name: str) -> Period:
    """Return a fiscal period by the entity's own calendar.

    Raises ``ConfigurationError`` for an entity or period that does not exist.
    """
    entities = {entity.entity_id: entity for entity in stores.home.settings.all_entities}
    entity = entities.get(entity_id or stores.home.settings.entity_id)
    if entity is None:
        message = f"there is no entity {entity_id}"
        raise ConfigurationError(message, fix=f"one of: medbooks close check --entity {'|'.join(entities)}")
    try:
        first, last = period_days(name, entity.fiscal_year_start_month)
    except ValueError as error:
        raise ConfigurationError(str(error), fix="medbooks close check --period 2026-01") from None
    year_start, _end = period_days(f"{name[:5]}01", entity.fiscal_year_start_month)
    return Period(entity, name, first, last, year_start, stores.home.settings.entity_id)


def periods_of(stores: PracticeStores, entity_id: str, name: str) -> list[Period]:
    """Return the period of one entity, or for ``all`` the main entity's and every other's with the same days.

    Each entity calls it by its own calendar. Raises ``ConfigurationError`` as ``period_of`` does.
    """
    if entity_id != EVERY_ENTITY:
        return [period_of(stores, entity_id, name)]
    main = period_of(stores, "", name)
    return [
        period_of(stores, entity.entity_id, fiscal_period(main.first, entity.fiscal_year_start_month))
        for entity in stores.home.settings.all_entities
    ]
