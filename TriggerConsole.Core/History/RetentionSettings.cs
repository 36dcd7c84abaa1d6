using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.History;

/// <summary>How long history is kept, by outcome. 0 keeps it for ever.</summary>
public sealed record RetentionSettings
{
    public const string Name = "retention";
    public const int MostDays = 3650;

    /// <summary>Succeeded executions with their attempts, in days. Default: 14.</summary>
    public int SucceededDays { get; init; } = 14;

    /// <summary>Dead letters, in days. Default: 90.</summary>
    public int DeadLetteredDays { get; init; } = 90;

    /// <summary>Cancelled executions, in days. Default: 14.</summary>
    public int CancelledDays { get; init; } = 14;

    /// <summary>Events that no execution uses any more, and refused requests, in days. Default: 14.</summary>
    public int EventDays { get; init; } = 14;

    /// <summary>Figures per minute, in days. Default: 32.</summary>
    public int StatisticDays { get; init; } = 32;

    public void Validate(FieldErrors errors)
    {
        Check("succeededDays", SucceededDays);
        Check("deadLetteredDays", DeadLetteredDays);
        Check("cancelledDays", CancelledDays);
        Check("eventDays", EventDays);
        Check("statisticDays", StatisticDays);

        void Check(string field, int days)
        {
            if (days is < 0 or > MostDays) errors.Add(field, $"Give a number of days from 0 (keep for ever) to {MostDays}.");
        }
    }
}
