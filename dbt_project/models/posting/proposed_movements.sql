{{ config(materialized='incremental', unique_key='event_id', incremental_strategy='delete+insert') }}

-- One row per movement of an account before lines are added up: positive debits, negative credits, of the accrual book,
-- with the entity it belongs to. Every rule stands once, in the model of its source. What was proposed stays.

with movements as (
    select * from {{ ref('charge_movements') }}
    where {{ only_new_files() }}

    union all

    select * from {{ ref('remittance_movements') }}
    where {{ only_new_files() }}

    union all

    select * from {{ ref('patient_movements') }}
    where {{ only_new_files() }}

    union all

    select * from {{ ref('bank_movements') }}

    union all

    select * from {{ ref('payable_movements') }}

    union all

    select * from {{ ref('supply_movements') }}

    union all

    select * from {{ ref('suspense_movements') }}
)

select
    movements.file_id,
    movements.event_id,
    movements.source,
    movements.entry_date,
    movements.rule_id,
    movements.account_role,
    movements.account_code,
    movements.payer_class,
    movements.provider_id,
    movements.location_id,
    {{ entity_of('movements') }} as entity_id,
    movements.signed_amount
from movements
{{ join_entities('movements', ref('entity_members')) }}
{% if is_incremental() %}
    where movements.event_id not in (select held.event_id from {{ this }} as held)
{% endif %}
