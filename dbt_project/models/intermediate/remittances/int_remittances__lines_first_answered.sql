-- One row per remittance line that is booked and no reversal: whether it is the payer's first answer to the line as it was
-- billed, and whether every answer before it was taken back. The order is that of the answers, not of landing.

with answers as (
    select
        remittance_lines.remittance_line_key,
        remittance_lines.file_id,
        remittance_lines.billed_line_key,
        claims.answer_key,
        claims.reversed_by_answer_key,
        remittance_lines.paid_amount
    from {{ ref('int_remittances__lines_unioned') }} as remittance_lines
    inner join {{ ref('int_remittances__claims_classified') }} as claims
        on {{ agree('remittance_lines', 'claims', ['file_id', 'transaction_number', 'claim_number']) }}
    where
        not claims.is_reversal
        and not claims.is_repeated
        and claims.disposition = 'proposed'
),

ordered as (
    select
        *,
        rank() over (partition by billed_line_key order by answer_key) as answer_number,
        sum(case when reversed_by_answer_key is null then 1 else 0 end) over (
            partition by billed_line_key order by answer_key rows between unbounded preceding and 1 preceding
        ) as standing_before_count,
        sum(case when reversed_by_answer_key is not null and paid_amount > 0 then 1 else 0 end) over (
            partition by billed_line_key order by answer_key rows between unbounded preceding and 1 preceding
        ) as taken_back_count
    from answers
)

select
    remittance_line_key,
    file_id,
    billed_line_key,
    answer_key,
    answer_number = 1 as is_first_remittance,
    coalesce(answer_number > 1 and standing_before_count = 0 and taken_back_count > 0, false) as is_after_takeback
from ordered
