{{ config(materialized='view') }}

-- One row per provider whom a payroll register names: who is employed. A provider that only the seed employee_providers
-- knows is not among them.

select distinct provider_id
from {{ ref('stg_payroll__pay_lines') }}
where provider_id is not null
