-- One row per remittance line with adjustments: what was taken off it, each adjustment in exactly one class, so that
-- charged = paid + all of them. The amounts of a prior payer and of bundling are parts of these, for what looks closer.

with adjustments as (
    select * from {{ ref('int_remittances__adjustments_classified') }}
)

select
    {{ surrogate_key(['file_id', 'transaction_number', 'claim_number', 'service_line_number']) }} as remittance_line_key,
    file_id,
    max(known_date) as known_date,
    {{ sum_money("case when adjustment_class = 'contractual' then adjustment_amount end") }} as contractual_amount,
    {{ sum_money("case when adjustment_class = 'capitation' then adjustment_amount end") }} as capitation_amount,
    {{ sum_money("case when adjustment_class = 'sequestration' then adjustment_amount end") }} as sequestration_amount,
    {{ sum_money("case when adjustment_class = 'patient' then adjustment_amount end") }} as patient_amount,
    {{ sum_money("case when is_denial and adjustment_class <> 'patient' then adjustment_amount end") }}
        as denied_amount,
    {{ sum_money("case when is_denial and adjustment_class = 'patient' then adjustment_amount end") }}
        as denied_to_patient_amount,
    {{ sum_money("case when adjustment_class in ('coordination', 'processing') and not is_denial then adjustment_amount end") }}
        as coordination_amount,
    {{ sum_money("case when reason_code = '23' then adjustment_amount end") }} as prior_payer_amount,
    {{ sum_money("case when adjustment_class = 'unknown' then adjustment_amount end") }} as unknown_amount,
    -- what a payer paid on this line for others (94), and what it zeroed because another line has it (97)
    {{ sum_money("case when reason_code = '94' and adjustment_amount < 0 then -adjustment_amount end") }} as bundled_in_amount,
    {{ sum_money("case when reason_code = '97' and adjustment_amount > 0 then adjustment_amount end") }} as bundled_out_amount
from adjustments
group by file_id, transaction_number, claim_number, service_line_number
