using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.History;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>
/// One import under way: puts what the file says into a context that is saved at once or not at all, and notes what that changes. Brokers
/// before exchanges before triggers, so that each is checked against what it will find.
/// </summary>
internal sealed partial class ImportRun(ConfigurationFile file, TriggerConsoleDbContext context, ImportSandbox sandbox, ConfigurationRows rows, DateTimeOffset now)
{
    /// <summary>Stands for a secret that is missing while settings are checked; never stored.</summary>
    private const string StandIn = "enter again";

    private readonly FieldErrors _errors = new();
    private readonly List<ImportItem> _items = [];
    private readonly List<ImportToDo> _toDo = [];
    private int _leftAlone;

    public IReadOnlyList<FieldError> Errors => _errors.All;

    /// <summary>Ids of what was made or changed, by list.</summary>
    public ILookup<string, Guid> Touched => _items.Where(i => i.Action != ImportAction.Unchanged).ToLookup(i => i.In, i => i.Id);

    public async Task PlanAsync(CancellationToken cancellationToken)
    {
        await PlanCallbacksAsync(cancellationToken);
        await PlanMqttBrokersAsync(cancellationToken);
        await PlanAmqpBrokersAsync(cancellationToken);
        await PlanExchangesAsync(cancellationToken);
        await PlanBindingsAsync(cancellationToken);
        await PlanTriggersAsync(cancellationToken);
        await PlanSchedulesAsync(cancellationToken);
        await PlanSettingsAsync(cancellationToken);
        await PlanSecretsAsync(cancellationToken);
    }

    public ImportReport Report(bool dryRun) => new(
        dryRun, _items.Count(i => i.Action == ImportAction.Made), _items.Count(i => i.Action == ImportAction.Changed), _items.Count(i => i.Action == ImportAction.Unchanged), _leftAlone, _items, _toDo);

    private FieldErrors At(string list, int index) => _errors.Under($"{list}[{index}]");

    private void Note<T>(string list, Guid id, string name, T? before, T after) where T : class
    {
        var changes = before is null ? [] : ItemDifference.Of(before, after);
        _items.Add(new(list, id, name, before is null ? ImportAction.Made : changes.Count > 0 ? ImportAction.Changed : ImportAction.Unchanged, changes));
    }

    private bool HasChanged(string list, Guid id) => _items[^1] is { } last && last.In == list && last.Id == id && last.Action != ImportAction.Unchanged;

    private void LeaveAlone(IEnumerable<Guid> present, IEnumerable<Guid> inFile) => _leftAlone += present.Except(inFile).Count();

    /// <summary>Something of that name, which the file does not mean: making a second one is hardly what was wanted.</summary>
    private static void RefuseClash(string what, string name, Guid id, IEnumerable<(Guid Id, string Name)> present, HashSet<Guid> inFile, FieldErrors errors)
    {
        var clash = present.FirstOrDefault(p => p.Id != id && !inFile.Contains(p.Id) && string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));
        if (clash.Id != Guid.Empty) errors.Add("name", $"There is {what} {clash.Name} here already, with the id {clash.Id}. To change that one, give it this id in the file; to have both, rename one of them.");
    }

    private async Task PlanSettingsAsync(CancellationToken cancellationToken)
    {
        if (file.Settings.Retention is not { } retention) return;
        retention.Validate(_errors.Under("settings.retention"));
        var before = await ConfigurationExporter.RetentionAsync(context, cancellationToken);
        Note("settings", Guid.Empty, "Retention", before, retention);
        if (_items[^1].Action == ImportAction.Unchanged) return;
        var json = JsonSerializer.Serialize(retention, CoreJson.Options);
        if (await context.Settings.SingleOrDefaultAsync(s => s.Name == RetentionSettings.Name, cancellationToken) is { } setting) (setting.Value, setting.UpdatedAt) = (json, now);
        else context.Settings.Add(new() { Name = RetentionSettings.Name, Value = json, UpdatedAt = now });
    }

    private async Task PlanSecretsAsync(CancellationToken cancellationToken)
    {
        var stored = await StoredSecretsAsync(cancellationToken);
        foreach (var name in file.Secrets.Where(name => !stored.Contains(name)).Distinct(StringComparer.OrdinalIgnoreCase))
            _toDo.Add(new("secrets", Guid.Empty, name, "value", $"Save the secret {name} under Settings, Secrets: its value is not in the file."));
    }

    private async Task<HashSet<string>> StoredSecretsAsync(CancellationToken cancellationToken)
        => new(await context.Secrets.AsNoTracking().Select(s => s.Name).ToListAsync(cancellationToken), StringComparer.OrdinalIgnoreCase);
}
