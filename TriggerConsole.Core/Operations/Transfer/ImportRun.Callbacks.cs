using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Callbacks;

namespace TriggerConsole.Core.Operations.Transfer;

internal sealed partial class ImportRun
{
    private readonly HashSet<Guid> _callbacks = [];

    private async Task PlanCallbacksAsync(CancellationToken cancellationToken)
    {
        var stored = (await context.Callbacks.ToListAsync(cancellationToken)).ToDictionary(c => c.Id);
        var present = stored.Values.Where(c => c.DeletedAt is null).Select(c => (c.Id, c.Name)).ToList();
        var ids = file.Callbacks.Select(c => c.Id).ToHashSet();
        LeaveAlone(present.Select(p => p.Id), ids);
        _callbacks.UnionWith(ids.Union(present.Select(p => p.Id)));
        var paths = stored.Values.Where(c => c.DeletedAt is null && c.Path is not null && !ids.Contains(c.Id)).ToDictionary(c => c.Path!, c => $"The callback {c.Name}");
        for (var i = 0; i < file.Callbacks.Count; i++)
        {
            var (item, errors) = (file.Callbacks[i], At("callbacks", i));
            var row = stored.GetValueOrDefault(item.Id);
            var before = row is { DeletedAt: null } ? ConfigurationRows.ToItem(row) : null;
            row ??= Add(item.Id);
            row.DeletedAt = null;
            new CallbackInput
            {
                Name = item.Name,
                Description = item.Description,
                Path = item.Path ?? "",
                Methods = item.Methods,
                Enabled = item.Enabled,
                MaxBodyBytes = item.MaxBodyBytes ?? 0,
            }.ApplyTo(row, errors);
            if (row.Path is { } path && !paths.TryAdd(path, $"callbacks[{i}]")) errors.Add("path", $"{paths[path]} has the path {path} already. Choose a different one.");
            if (before is null) RefuseClash("a callback", row.Name, row.Id, present, ids, errors);
            Note("callbacks", row.Id, row.Name, before, ConfigurationRows.ToItem(row));
            if (before is null) _toDo.Add(new("callbacks", row.Id, row.Name, "token", $"Rotate the token of the callback {row.Name} on its page, and give the new one to whoever sends there: tokens are not in the file."));
            if (HasChanged("callbacks", row.Id)) (row.UpdatedAt, row.Version) = (now, row.Version + 1);
            sandbox.Get<CallbackDirectory>().Set(row);
        }
    }

    // With a token that nobody knows
    private Callback Add(Guid id)
    {
        var token = CallbackTokens.Create();
        var row = new Callback { Id = id, Name = "", Methods = "", TokenHash = CallbackTokens.Hash(token), TokenHint = CallbackTokens.Hint(token), CreatedAt = now, UpdatedAt = now };
        context.Callbacks.Add(row);
        return row;
    }
}
