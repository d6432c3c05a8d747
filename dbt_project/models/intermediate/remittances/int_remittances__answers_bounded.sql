-- One row per booked answer and service (the claim, where one decides at claim level): what its contractual reduction may
-- take off, and the patient's share it answers for. A later payer's reduction takes off no more than what is open after the
-- earlier ones, its own payment and the share it leaves (005010X221A1, 1.10.2.13). It answers for what the earlier ones
-- left to the patient since the last later payer, so that share comes back whole. A payer that answers again to what it had
-- denied as the patient's (group PR) takes that back from the patient. What was taken back, what is repeated and money that
-- waits leave everything open.

{% set earlier = 'partition by compared_key order by answer_key rows between unbounded preceding and 1 preceding' %}

with answers as (
    select
        compared_key,
        answer_key,
        is_secondary,
        is_taken_back,
        sum(charged_amount) as charged_amount,
        sum(paid_amount) as paid_amount,
        sum(contractual_amount) as contractual_amount,
        sum(sequestration_amount + capitation_amount) as fixed_amount,
        sum(patient_amount) as patient_amount,
        sum(denied_to_patient_amount) as denied_to_patient_amount
    from {{ ref('int_remittances__answer_lines') }}
    where not is_reversal and not is_paid_twice and not is_repeated
    group by compared_key, answer_key, is_secondary, is_taken_back
),

before as (
    select
        *,
        coalesce(sum(case when is_taken_back then 0 else 1 end) over ({{ earlier }}), 0) as answers_before_count,
        coalesce(sum(case when is_taken_back then 0 else paid_amount + fixed_amount end) over ({{ earlier }}), 0)
            as taken_before_amount,
        coalesce(sum(case when is_taken_back then 0 else contractual_amount end) over ({{ earlier }}), 0)
            as reduced_before_amount,
        case
            when is_secondary then 0
            else
                coalesce(last_value(case when not is_taken_back then denied_to_patient_amount end ignore nulls)
                    over ({{ earlier }}), 0)
        end as denial_returned_amount
    from answers
),

owed as (
    select
        *,
        coalesce(
            sum(case when is_taken_back then 0 else patient_amount - denial_returned_amount end) over ({{ earlier }}), 0
        ) as patient_before_amount
    from before
),

-- how far the reductions so far, as written, go beyond what was open: negative where they do
spared as (
    select
        *,
        case
            when answers_before_count > 0 and is_secondary and charged_amount > 0 and contractual_amount > 0
                then
                    greatest(charged_amount - taken_before_amount - paid_amount - fixed_amount - patient_amount, 0)
                    - reduced_before_amount - contractual_amount
        end as spare_amount
    from owed
),

bounded as (
    select
        *,
        least(0, coalesce(min(case when not is_taken_back then spare_amount end) over ({{ earlier }}), 0))
            as spare_before_amount,
        patient_before_amount - coalesce(
            last_value(case when is_secondary and not is_taken_back then patient_before_amount end ignore nulls)
                over ({{ earlier }}), 0
        ) as share_amount
    from spared
)

select
    compared_key,
    answer_key,
    cast(
        case
            when spare_amount is null then contractual_amount
            else greatest(contractual_amount + least(spare_before_amount, spare_amount) - spare_before_amount, 0)
        end as decimal(18, 2)
    ) as reduction_amount,
    {{ money('case when is_secondary then greatest(share_amount, 0) else denial_returned_amount end') }}
        as returned_patient_amount
from bounded
