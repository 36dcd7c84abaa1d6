using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Callbacks.Verification;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

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
            var before = row is { DeletedAt: null } ? rows.ToItem(row).Item : null;
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
                LimitPerMinute = item.LimitPerMinute ?? 0,
                LimitPerSecond = item.LimitPerSecond ?? 0,
            }.ApplyTo(row, errors);
            if (Networks.Read(item.AllowedNetworks, errors) is { } networks) row.AllowedNetworks = Networks.Join(networks);
            var missing = PlanVerification(item, row, isThere: before is not null, errors.Under("verification"));
            if (row.Path is { } path && !paths.TryAdd(path, $"callbacks[{i}]")) errors.Add("path", $"{paths[path]} has the path {path} already. Choose a different one.");
            if (before is null) RefuseClash("a callback", row.Name, row.Id, present, ids, errors);
            Note("callbacks", row.Id, row.Name, before, rows.ToItem(row).Item);
            foreach (var secret in missing) _toDo.Add(new("callbacks", row.Id, row.Name, $"verification.{secret}", $"Enter {secret} of the callback {row.Name} again: secrets are not in the file. Until then its requests are refused."));
            if (before is null && item.Verification is null) _toDo.Add(new("callbacks", row.Id, row.Name, "token", $"Rotate the token of the callback {row.Name} on its page, and give the new one to whoever sends there: tokens are not in the file."));
            if (HasChanged("callbacks", row.Id)) (row.UpdatedAt, row.Version) = (now, row.Version + 1);
            sandbox.Get<CallbackDirectory>().Set(row);
        }
    }

    /// <summary>Takes over how senders are checked; gives the secrets that have to be entered again.</summary>
    private IReadOnlyList<string> PlanVerification(CallbackItem item, Callback row, bool isThere, FieldErrors errors)
    {
        var guards = sandbox.Get<CallbackGuards>();
        var old = isThere ? guards.Restore(row)?.WithoutPrevious : null;
        if (item.Verification is not { } json)
        {
            if (old is not null) guards.Store(row, null);
            return [];
        }
        var (plain, marked) = SecretMarkers.Take(json, typeof(CallbackVerification));
        if (ReadAs(plain, typeof(CallbackVerification), errors) is not CallbackVerification verification) return [];
        var (kept, missing) = KeepSecrets(verification.WithoutPrevious, old, marked, isSameDestination: true);
        var found = new FieldErrors();
        VerificationRules.Check(SecretFields.Apply(kept, missing.ToDictionary(path => path, _ => StandIn)), found);
        // As it is, when it is as it was: encrypting a secret again would make another text of it
        if (Pass(found, missing, errors) && kept != old) guards.Store(row, kept);
        return missing;
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
