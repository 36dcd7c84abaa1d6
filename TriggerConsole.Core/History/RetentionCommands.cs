using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.History;

/// <summary>A change of the retention settings, in days; what is left out stays.</summary>
public sealed record RetentionInput
{
    public int? SucceededDays { get; init; }

    public int? DeadLetteredDays { get; init; }

    public int? CancelledDays { get; init; }

    public int? EventDays { get; init; }

    public int? StatisticDays { get; init; }
}

/// <summary>Reads and changes how long history is kept.</summary>
public sealed class RetentionCommands(SettingStore settings)
{
    public Task<RetentionSettings> GetAsync(CancellationToken cancellationToken) => settings.GetAsync<RetentionSettings>(RetentionSettings.Name, cancellationToken);

    public async Task<CommandResult<RetentionSettings>> SetAsync(RetentionInput input, CancellationToken cancellationToken)
    {
        var now = await GetAsync(cancellationToken);
        var changed = new RetentionSettings
        {
            SucceededDays = input.SucceededDays ?? now.SucceededDays,
            DeadLetteredDays = input.DeadLetteredDays ?? now.DeadLetteredDays,
            CancelledDays = input.CancelledDays ?? now.CancelledDays,
            EventDays = input.EventDays ?? now.EventDays,
            StatisticDays = input.StatisticDays ?? now.StatisticDays,
        };
        var errors = new FieldErrors();
        changed.Validate(errors);
        if (errors.Any) return new Refusal.Invalid(errors.All);
        await settings.SetAsync(RetentionSettings.Name, changed, cancellationToken);
        return changed;
    }
}
