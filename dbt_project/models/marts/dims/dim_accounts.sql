-- One row per account of the chart.

select
    account_code,
    account_name,
    account_type
from {{ ref('accounts') }}
