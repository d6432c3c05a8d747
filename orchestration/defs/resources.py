"""The resources every asset is handed. Nothing is opened here."""

import dagster as dg
from dagster_dbt import DbtCliResource

from orchestration.stores.dbt import dbt_program
from orchestration.stores.home import DBT_PROJECT, Home
from orchestration.stores.practice import PracticeStores


class Practice(dg.ConfigurableResource):
    """One practice: its home folder, and through it the inbox, landed files, lake and ledger."""

    home_folder: str = ""

    @property
    def stores(self) -> PracticeStores:
        """Return the stores; raises ``ConfigurationError`` for a bad ``practice.toml`` or key file."""
        return PracticeStores(Home.locate(self.home_folder or None))


@dg.definitions
def resources() -> dg.Definitions:
    """Return the resources by the names assets use."""
    return dg.Definitions(
        resources={
            "practice": Practice(home_folder=dg.EnvVar("MEDBOOKS_HOME").get_value("") or ""),
            "dbt": DbtCliResource(
                project_dir=str(DBT_PROJECT), profiles_dir=str(DBT_PROJECT), dbt_executable=dbt_program()
            ),
        }
    )
