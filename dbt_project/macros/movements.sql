{#
    One side of a posting: `amount` is SQL for the dollars, positive a debit, negative a credit; every other argument is
    SQL too. The account is named by `role` where the rule names it, and by `code` where a seed that the practice edits
    gives it; with both, the code comes first. `wanted_movements` makes the role a code. `entity_member` names whom the
    money belongs to when neither provider nor location says it ('bank_account:<last four>', 'payee:<NPI>').

    `claim_id` and `service_key` say on which claim and service it stands, `part` what it is of a receivable (charge,
    payment, contractual, transfer, suspense, adjustment). `known_date` is the day by which everything was known that
    the movement is made from: a later difference is dated by it.
#}
{% macro side(
    relation, rule_id, role, amount, code='cast(null as varchar)', event_id='event_id', source='source',
    entry_date='posting_date', payer_class='payer_class', provider_id='rendering_provider_id', location_id='location_id',
    entity_member='cast(null as varchar)', where='1 = 1', claim_id='cast(null as varchar)',
    service_key='cast(null as varchar)', payer_id='cast(null as varchar)', part='cast(null as varchar)', known_date=none
) -%}
    select
        file_id,
        {{ event_id }} as event_id,
        {{ source }} as source,
        {{ entry_date }} as entry_date,
        {{ known_date or entry_date }} as known_date,
        {{ rule_id }} as rule_id,
        {{ role }} as account_role,
        {{ code }} as account_code,
        {{ payer_class }} as payer_class,
        {{ payer_id }} as payer_id,
        {{ provider_id }} as provider_id,
        {{ location_id }} as location_id,
        {{ entity_member }} as entity_member,
        {{ claim_id }} as claim_id,
        {{ service_key }} as service_key,
        {{ part }} as part,
        {{ amount }} as signed_amount
    from {{ relation }}
    where {{ where }}
{%- endmacro %}

{#
    Both sides of a posting, so that no movement stands alone: `amount` moves from credit to debit, each a role, or, with
    no role, a code.
#}
{% macro posting(relation, rule_id, debit, credit, amount, debit_code='cast(null as varchar)',
    credit_code='cast(null as varchar)') -%}
    {{ side(relation, rule_id, debit, amount, code=debit_code, **kwargs) }}
    union all
    {{ side(relation, rule_id, credit, '-(' ~ amount ~ ')', code=credit_code, **kwargs) }}
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

{# What says to which entity a row of `relation` belongs; `entity_members` is the seed of that name. #}
{% macro join_entities(relation, entity_members) -%}
    left join {{ entity_members }} as members
        on {{ relation }}.entity_member = concat(members.member_kind, ':', members.member_id)
    left join {{ entity_members }} as providers
        on providers.member_kind = 'provider' and {{ relation }}.provider_id = providers.member_id
    left join {{ entity_members }} as locations
        on locations.member_kind = 'location' and {{ relation }}.location_id = locations.member_id
{%- endmacro %}

{# The deposits that no person has to look at first, as both books take them, accrual and cash. #}
{% macro booked_deposits(deposits) -%}
    select
        *,
        'bank' as source,
        concat('bank_account:', account_last_four) as entity_member,
        deposit_class as booked_as
    from {{ deposits }}
    where disposition = 'proposed'
{%- endmacro %}

{# The same for withdrawals, with the rule each is booked by. #}
{% macro booked_withdrawals(withdrawals) -%}
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
            when 'unidentified' then 'R18'
            else 'R20'
        end as rule_id
    from {{ withdrawals }}
    where disposition = 'proposed'
{%- endmacro %}
