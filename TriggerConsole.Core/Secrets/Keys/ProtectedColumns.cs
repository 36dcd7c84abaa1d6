using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>One column that may hold encrypted values.</summary>
internal readonly record struct ProtectedColumn(IEntityType Entity, string Property);

/// <summary>
/// Every column that may hold what <see cref="SecretProtector"/> has made: those whose name begins with <c>Protected</c>, and those of texts that
/// may have it within. A new table needs no entry here as long as it keeps to the name.
/// </summary>
internal static partial class ProtectedColumns
{
    // Tokens of users (Identity keeps the key of their authenticator there), and settings as JSON
    private static readonly (string Table, string Property)[] s_others = [("user_tokens", "Value"), ("settings", "Value")];

    public static IEnumerable<ProtectedColumn> In(IModel model)
        => from entity in model.GetEntityTypes()
           from property in entity.GetProperties()
           where property.ClrType == typeof(string) && entity.ClrType != typeof(StoredDataKey)
           where property.Name.StartsWith("Protected", StringComparison.Ordinal) || s_others.Contains((entity.GetTableName()!, property.Name))
           select new ProtectedColumn(entity, property.Name);

    /// <summary>The texts of a column in which something is encrypted by another key than this one, each once.</summary>
    public static Task<List<string>> ReadAsync(TriggerConsoleDbContext context, ProtectedColumn column, string key, CancellationToken cancellationToken)
        => Of(column).ReadAsync(context, column.Property, DataKeyRing.PrefixOf(key), cancellationToken);

    /// <summary>Puts a text in the place of another, unless someone has changed it meanwhile. Each text is there once: no two encryptions are alike.</summary>
    /// <returns>Whether it was still there.</returns>
    public static Task<bool> ReplaceAsync(TriggerConsoleDbContext context, ProtectedColumn column, string before, string after, CancellationToken cancellationToken)
        => Of(column).ReplaceAsync(context, column.Property, before, after, cancellationToken);

    /// <summary>The encrypted values within a text.</summary>
    [GeneratedRegex(@"tc2\.[0-9a-f]{8}\.[A-Za-z0-9_-]+|CfDJ8[A-Za-z0-9_-]{80,}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    public static partial Regex Values();

    private static Column Of(ProtectedColumn column) => (Column)Activator.CreateInstance(typeof(Column<>).MakeGenericType(column.Entity.ClrType))!;

    private abstract class Column
    {
        public abstract Task<List<string>> ReadAsync(TriggerConsoleDbContext context, string property, string current, CancellationToken cancellationToken);

        public abstract Task<bool> ReplaceAsync(TriggerConsoleDbContext context, string property, string before, string after, CancellationToken cancellationToken);
    }

    private sealed class Column<T> : Column
        where T : class
    {
        public override async Task<List<string>> ReadAsync(TriggerConsoleDbContext context, string property, string current, CancellationToken cancellationToken)
        {
            var texts = await context.Set<T>().IgnoreQueryFilters().AsNoTracking().Select(e => EF.Property<string?>(e, property))
                .Where(text => text != null && (text.Contains(DataKeyRing.Prefix) || text.Contains("CfDJ8")) && !text.StartsWith(current)).ToListAsync(cancellationToken);
            return [.. texts.OfType<string>().Where(text => Values().Matches(text).Any(m => !m.Value.StartsWith(current, StringComparison.Ordinal)))];
        }

        public override async Task<bool> ReplaceAsync(TriggerConsoleDbContext context, string property, string before, string after, CancellationToken cancellationToken)
            => await context.Set<T>().IgnoreQueryFilters().Where(e => EF.Property<string?>(e, property) == before)
                .ExecuteUpdateAsync(set => set.SetProperty(e => EF.Property<string?>(e, property), after), cancellationToken) > 0;
    }
}
