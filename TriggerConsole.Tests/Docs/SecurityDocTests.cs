using TriggerConsole.Core.Identity;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Docs;

/// <summary>docs/security.md shows the roles and actions that the code has.</summary>
public sealed class SecurityDocTests
{
    [Fact]
    public void Table_IsTheMatrix()
    {
        var roles = Enum.GetValues<Role>();
        var expected = Permissions.All.Select(p => $"| {p.Words} | `{p.Name}` | {string.Join(" | ", roles.Select(r => r.Allows(p.Name) ? "yes" : ""))} |");
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "security.md"));

        var table = lines.SkipWhile(l => !l.StartsWith("| What |", StringComparison.Ordinal)).TakeWhile(l => l.StartsWith('|')).ToList();

        Assert.Equal($"| What | Scope of an API key | {string.Join(" | ", roles)} |", table[0]);
        Assert.Equal(expected, table.Skip(2));
    }
}
