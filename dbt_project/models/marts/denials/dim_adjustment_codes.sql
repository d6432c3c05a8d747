-- One row per group and reason code we know the meaning of; '*' stands for any group.

select
    group_code,
    reason_code,
    adjustment_class,
    account_code,
    is_denial,
    action_code,
    adjustment_label
from {{ ref('adjustment_codes') }}
