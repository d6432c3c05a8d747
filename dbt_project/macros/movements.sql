{#
    One side of a posting: `amount` is SQL for the dollars, positive a debit, negative a credit; every other argument is
    SQL too. `entity_member` names whom the money belongs to when neither provider nor location says it
    ('bank_account:<last four>', 'payee:<NPI>').
#}
{% macro side(
    relation, rule_id, account, amount, event_id='event_id', source='source', entry_date='posting_date',
    payer_class='payer_class', provider_id='rendering_provider_id', location_id='location_id',
    entity_member='cast(null as varchar)', where='1 = 1'
) -%}
    select
        file_id,
        {{ event_id }} as event_id,
        {{ source }} as source,
        {{ entry_date }} as entry_date,
        {{ rule_id }} as rule_id,
        {{ account }} as account_code,
        {{ payer_class }} as payer_class,
        {{ provider_id }} as provider_id,
        {{ location_id }} as location_id,
        {{ entity_member }} as entity_member,
        {{ amount }} as signed_amount
    from {{ relation }}
    where {{ where }}
{%- endmacro %}

{# Both sides of a posting, so that no movement stands alone: `amount` moves from credit to debit. #}
{% macro posting(relation, rule_id, debit, credit, amount) -%}
    {{ side(relation, rule_id, debit, amount, **kwargs) }}
    union all
    {{ side(relation, rule_id, credit, '-(' ~ amount ~ ')', **kwargs) }}
{%- endmacro %}

{# No value of this kind. #}
{% macro no_text() -%}
    cast(null as varchar)
{%- endmacro %}

{# The entity a movement belongs to: its bank account or payee, else its provider, else its location, else our own. #}
{% macro entity_of(relation) -%}
    coalesce(
        members.entity_id, providers.entity_id, locations.entity_id, '{{ var("entity_id") }}'
    )
{%- endmacro %}

{% macro join_entities(relation) -%}
    left join {{ ref('entity_members') }} as members
        on {{ relation }}.entity_member = concat(members.member_kind, ':', members.member_id)
    left join {{ ref('entity_members') }} as providers
        on providers.member_kind = 'provider' and {{ relation }}.provider_id = providers.member_id
    left join {{ ref('entity_members') }} as locations
        on locations.member_kind = 'location' and {{ relation }}.location_id = locations.member_id
{%- endmacro %}

{# What the bank shows and no person has to look at first, as both books take it: accrual and cash. #}
{% macro booked_deposits() -%}
    select
        *,
        'bank' as source,
        concat('bank_account:', account_last_four) as entity_member,
        case when deposit_class = 'eft' and is_late_match then 'late_eft' else deposit_class end as booked_as
    from {{ ref('fct_deposits') }}
    where disposition = 'proposed'
{%- endmacro %}

{% macro booked_withdrawals() -%}
    select
        *,
        'bank' as source,
        concat('bank_account:', account_last_four) as entity_member,
        case withdrawal_class
            when 'payroll_tax' then 'R21'
            when 'payroll_deductions' then 'R21'
            when 'card_fee' then 'R03'
            when 'patient_refund' then 'R15'
            when 'payer_refund' then 'R17'
            else 'R20'
        end as rule_id
    from {{ ref('fct_withdrawals') }}
    where disposition = 'proposed'
{%- endmacro %}
