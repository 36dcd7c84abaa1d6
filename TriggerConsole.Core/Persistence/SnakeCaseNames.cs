using System.Text;
using Microsoft.EntityFrameworkCore;

namespace TriggerConsole.Core.Persistence;

/// <summary>Names tables, columns, keys and indexes in snake_case: readable in every database without quotes.</summary>
internal static class SnakeCaseNames
{
    public static void Apply(ModelBuilder builder)
    {
        foreach (var entity in builder.Model.GetEntityTypes())
        {
            var table = Convert(entity.GetTableName() ?? entity.ShortName()).Replace("asp_net_", "", StringComparison.Ordinal);
            entity.SetTableName(table);
            foreach (var property in entity.GetProperties()) property.SetColumnName(Convert(property.Name));
            foreach (var key in entity.GetKeys()) key.SetName($"pk_{table}");
            foreach (var foreignKey in entity.GetForeignKeys())
                foreignKey.SetConstraintName($"fk_{table}_{string.Join('_', foreignKey.Properties.Select(p => Convert(p.Name)))}");
            foreach (var index in entity.GetIndexes())
                index.SetDatabaseName(index.Name ?? $"ix_{table}_{string.Join('_', index.Properties.Select(p => Convert(p.Name)))}");
        }
    }

    public static string Convert(string name)
    {
        var result = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))) && name[i - 1] != '_')
                result.Append('_');
            result.Append(char.ToLowerInvariant(name[i]));
        }
        return result.ToString();
    }
}
