{%- set tiers = [
    ('code_modifiers_date_charge', ['procedure_code', 'modifiers', 'service_date', 'charged_amount']),
    ('code_date_charge', ['procedure_code', 'service_date', 'charged_amount']),
    ('code_date', ['procedure_code', 'service_date']),
] -%}
-- One row per service line of a booked remittance: the charge it answers and how it was found. One line for one charge
-- within a claim of a remittance; a charge is answered again by corrections and by other payers.

with lines as (
    select
        remittance_line_key,
        claim_id,
        payer_id,
        posting_date,
        line_control_number,
        submitted_procedure_code as procedure_code,
        modifiers,
        service_date,
        -- a reversal repeats the charge with the other sign
        case when is_reversal then -charged_amount else charged_amount end as charged_amount,
        {{ surrogate_key(['file_id', 'transaction_number', 'claim_number']) }} as answer_key,
        loaded_at
    from {{ ref('fct_remittance_lines') }}
    where disposition = 'proposed' and service_line_number > 0
),

charges as (
    select
        charge_line_key,
        transaction_id,
        claim_id,
        procedure_code,
        modifiers,
        service_date,
        charged_amount,
        loaded_at
    from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed'
),

-- REF*6R repeats our line number
numbered as (
    select
        lines.remittance_line_key,
        lines.answer_key,
        charges.charge_line_key,
        row_number() over (
            partition by lines.remittance_line_key order by charges.loaded_at, charges.charge_line_key
        ) as charge_number,
        row_number() over (
            partition by lines.answer_key, charges.charge_line_key order by lines.remittance_line_key
        ) as line_number
    from lines
    inner join charges
        on lines.claim_id = charges.claim_id and lines.line_control_number = charges.transaction_id
),

tier_0 as (
    select
        remittance_line_key,
        answer_key,
        charge_line_key,
        'line_control_number' as match_method
    from numbered
    where charge_number = 1 and line_number = 1
),
{% for method, columns in tiers %}
    open_lines_{{ loop.index }} as (
        select
            lines.*,
            row_number() over (
                partition by lines.answer_key, {{ columns_of('lines', columns) }}
                order by lines.remittance_line_key
            ) as occurrence_number
        from lines
        left join tier_{{ loop.index0 }} as found on lines.remittance_line_key = found.remittance_line_key
        where found.remittance_line_key is null
    ),

    open_charges_{{ loop.index }} as (
        select
            answers.answer_key,
            charges.charge_line_key,
            charges.claim_id,
            {{ columns_of('charges', columns) }},
            row_number() over (
                partition by answers.answer_key, {{ columns_of('charges', columns) }}
                order by charges.loaded_at, charges.charge_line_key
            ) as occurrence_number
        from (
            select distinct
                answer_key,
                claim_id
            from open_lines_{{ loop.index }}
        ) as answers
        inner join charges on answers.claim_id = charges.claim_id
        left join tier_{{ loop.index0 }} as found
            on answers.answer_key = found.answer_key and charges.charge_line_key = found.charge_line_key
        where found.charge_line_key is null
    ),

    tier_{{ loop.index }} as (
        select * from tier_{{ loop.index0 }}

        union all

        select
            open_lines.remittance_line_key,
            open_lines.answer_key,
            open_charges.charge_line_key,
            '{{ method }}' as match_method
        from open_lines_{{ loop.index }} as open_lines
        inner join open_charges_{{ loop.index }} as open_charges
            on open_lines.answer_key = open_charges.answer_key
            and open_lines.claim_id = open_charges.claim_id
            and {{ agree('open_lines', 'open_charges', columns) }}
            and open_lines.occurrence_number = open_charges.occurrence_number
    ),
{% endfor %}
known_claims as (
    select distinct claim_id
    from charges
)

select
    lines.remittance_line_key,
    lines.claim_id,
    lines.payer_id,
    lines.posting_date,
    matches.charge_line_key,
    coalesce(matches.match_method, case when known_claims.claim_id is not null then 'claim_only' end, 'none') as match_method,
    coalesce(charges.loaded_at <= lines.loaded_at, false) as is_charge_first,
    {{ money('lines.charged_amount') }} as charged_amount,
    {{ money('lines.charged_amount - charges.charged_amount') }} as charge_difference_amount
from lines
left join tier_3 as matches on lines.remittance_line_key = matches.remittance_line_key
left join charges on matches.charge_line_key = charges.charge_line_key
left join known_claims on lines.claim_id = known_claims.claim_id
