-- One row per remittance month and payer: dollars and claims denied at their first remittance ÷ all first remitted.

with first_lines as (
    select
        *,
        {{ first_of_month('posting_date') }} as posting_month
    from {{ ref('fct_remittance_lines') }}
    where disposition = 'proposed' and is_first_remittance
),

claims as (
    select
        posting_month,
        payer_id,
        claim_id,
        file_id,
        sum(charged_amount) as charged_amount,
        sum(case when is_denied then charged_amount else 0 end) as denied_charge_amount,
        max(case when is_denied then 1 else 0 end) as is_denied_claim,
        max(loaded_at) as loaded_at
    from first_lines
    group by posting_month, payer_id, claim_id, file_id
)

select
    posting_month,
    payer_id,
    cast(count(*) as bigint) as remitted_claim_count,
    cast(sum(is_denied_claim) as bigint) as denied_claim_count,
    {{ money('sum(charged_amount)') }} as remitted_charge_amount,
    {{ money('sum(denied_charge_amount)') }} as denied_charge_amount,
    {{ ratio('sum(is_denied_claim)', 'count(*)') }} as denied_claim_rate,
    {{ ratio('sum(denied_charge_amount)', 'sum(charged_amount)') }} as denial_rate,
    max(loaded_at) as loaded_at
from claims
group by posting_month, payer_id
