using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>The keys in the database that a master key protects: those of stored secrets, and the key ring of the framework for cookies and forms.</summary>
internal sealed class WrappedKeys(IDbContextFactory<TriggerConsoleDbContext> contexts)
{
    /// <summary>Names of the master keys that something is protected by.</summary>
    public IReadOnlyList<string> IdsOfMasterKeys()
    {
        using var context = contexts.CreateDbContext();
        var data = context.DataKeys.AsNoTracking().Where(k => k.ProtectedKey != null).Select(k => k.ProtectedKey!).ToList();
        var ring = context.DataProtectionKeys.AsNoTracking().Select(k => k.Xml).ToList();
        return [.. data.Concat(ring.SelectMany(xml => RingElements.WrappedIn(XElement.Parse(xml)))).Select(MasterKey.IdOf).OfType<string>().Distinct()];
    }

    /// <summary>Whether a key stands in the database that whoever reads it can use.</summary>
    public async Task<bool> AnyInTheClearAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.DataKeys.AnyAsync(k => k.ProtectedKey != null && !k.ProtectedKey.StartsWith("tcw1."), cancellationToken)) return true;
        return (await context.DataProtectionKeys.AsNoTracking().Select(k => k.Xml).ToListAsync(cancellationToken)).Any(xml => RingElements.HoldsClear(XElement.Parse(xml)));
    }

    /// <summary>
    /// Protects every key by <paramref name="to"/> that another master key protects, or none. A crash in between leaves some of each, all of
    /// which can be read while both keys are at hand.
    /// </summary>
    /// <param name="unwrap">Opens what another master key has wrapped.</param>
    /// <param name="to">Null: keys are stored as they are.</param>
    /// <returns>How many keys were changed.</returns>
    public async Task<int> RewrapAsync(Func<string, byte[]> unwrap, MasterKey? to, CancellationToken cancellationToken)
    {
        var changed = 0;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var key in await context.DataKeys.Where(k => k.ProtectedKey != null).ToListAsync(cancellationToken))
        {
            if (MasterKey.IdOf(key.ProtectedKey!) == to?.Id) continue;
            key.ProtectedKey = StoredDataKey.Protect(StoredDataKey.Open(key.ProtectedKey!, unwrap), to);
            changed++;
        }
        foreach (var row in await context.DataProtectionKeys.ToListAsync(cancellationToken))
        {
            var element = XElement.Parse(row.Xml);
            if (!RingElements.Rewrap(element, unwrap, to)) continue;
            row.Xml = element.ToString(SaveOptions.DisableFormatting);
            changed++;
        }
        await context.SaveChangesAsync(cancellationToken);
        return changed;
    }
}
