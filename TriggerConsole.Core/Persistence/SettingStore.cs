using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace TriggerConsole.Core.Persistence;

/// <summary>Groups of settings that people change in the pages, one JSON document each.</summary>
public sealed class SettingStore(IDbContextFactory<TriggerConsoleDbContext> contexts, TimeProvider time)
{
    /// <summary>The stored group, or its defaults when none was stored.</summary>
    public async Task<T> GetAsync<T>(string name, CancellationToken cancellationToken) where T : class, new()
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var value = await context.Settings.Where(s => s.Name == name).Select(s => s.Value).SingleOrDefaultAsync(cancellationToken);
        return value is null ? new() : JsonSerializer.Deserialize<T>(value, CoreJson.Options) ?? new();
    }

    public async Task SetAsync<T>(string name, T value, CancellationToken cancellationToken) where T : class
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var json = JsonSerializer.Serialize(value, CoreJson.Options);
        if (await context.Settings.SingleOrDefaultAsync(s => s.Name == name, cancellationToken) is { } setting)
            (setting.Value, setting.UpdatedAt) = (json, time.Now());
        else
            context.Settings.Add(new() { Name = name, Value = json, UpdatedAt = time.Now() });
        await context.SaveChangesAsync(cancellationToken);
    }
}
