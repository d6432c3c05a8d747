{{ config(materialized='view') }}

-- UNK taken back out of suspense: one row per movement of an account, positive debits, negative credits.

with released as (
    select
        *,
        'era835' as source
    from {{ ref('suspense_items') }}
    where release_event_id is not null
)

{% set place = {
    'event_id': 'release_event_id', 'entry_date': 'released_date', 'provider_id': 'provider_id',
    'location_id': no_text(),
} %}
{{ posting('released', "'UNK'", 'released_account_role', "'suspense'", 'suspended_amount',
           debit_code='released_account_code', where="adjustment_kind = 'CAS'", **place) }}
union all
{{ posting('released', "'UNK'", 'released_account_role', "'suspense'", 'suspended_amount',
           debit_code='released_account_code', where="adjustment_kind = 'PLB'", **dict(place, entity_member="concat('payee:', payee_npi)")) }}
