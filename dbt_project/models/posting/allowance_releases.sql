{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per remittance line that is the first answer to a charge with an estimate (R02): the estimate has served and
-- leaves the allowance whole, whatever the contract took off in the end. A denial and a reversal are no such answer.

with matches as (
    select
        remittance_line_key,
        charge_line_key
    from {{ ref('remittance_charge_matches') }}
    where is_charge_first
),

charges as (
    select
        charge_line_key,
        source,
        profile,
        transaction_id,
        allowance_amount
    from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed' and allowance_amount <> 0
),

voided as (
    select
        source,
        profile,
        transaction_id,
        loaded_at
    from {{ ref('voided_transactions') }}
    where transaction_type = 'CHARGE'
),

answers as (
    select
        lines.file_id,
        lines.remittance_line_key,
        matches.charge_line_key,
        lines.event_id,
        lines.posting_date,
        lines.payer_class,
        lines.rendering_provider_id,
        charges.allowance_amount,
        lines.loaded_at,
        row_number() over (
            partition by matches.charge_line_key order by lines.arrival_key, lines.remittance_line_key
        ) as answer_number
    from {{ ref('fct_remittance_lines') }} as lines
    inner join matches on lines.remittance_line_key = matches.remittance_line_key
    inner join charges on matches.charge_line_key = charges.charge_line_key
    left join voided
        on charges.source = voided.source
        and charges.profile = voided.profile
        and charges.transaction_id = voided.transaction_id
        and lines.loaded_at >= voided.loaded_at
    where
        voided.transaction_id is null
        and lines.disposition = 'proposed'
        and not lines.is_reversal
        and not lines.is_denied
        and {{ only_new_files('lines.file_id') }}
)

select
    file_id,
    remittance_line_key,
    charge_line_key,
    event_id,
    posting_date,
    payer_class,
    rendering_provider_id,
    allowance_amount,
    loaded_at
from answers
where
    answer_number = 1
    {% if is_incremental() %}
        and charge_line_key not in (select held.charge_line_key from {{ this }} as held)
    {% endif %}
