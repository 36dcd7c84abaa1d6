using System.Reflection;
using Xunit;
using Xunit.Abstractions;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Every statement has a test, and every test that names one names a real one.</summary>
public sealed class StatementCoverageTests(ITestOutputHelper output)
{
    [Fact]
    public void Statements_All_HaveATest()
    {
        var covered = Named().ToHashSet();
        var wanted = MqttStatements.All.SelectMany(s => s.Ids).Where(id => !MqttStatements.NotApplicable.ContainsKey(id)).Distinct().ToList();
        var missing = wanted.Where(id => !covered.Contains(id)).ToList();

        output.WriteLine($"{wanted.Count - missing.Count} of {wanted.Count} statements have a test, {MqttStatements.NotApplicable.Count} do not apply.");
        Assert.Empty(missing);
    }

    [Fact]
    public void Traits_All_NameAStatement()
    {
        var known = MqttStatements.All.SelectMany(s => s.Ids.Concat(s.Ids311)).ToHashSet();

        Assert.Empty(Named().Where(id => !known.Contains(id)).Distinct());
    }

    [Fact]
    public void Rows_All_AreDifferent()
    {
        var names = MqttRows.All.Select(r => r.ToString()).ToList();

        Assert.Equal(names.Count, names.Distinct().Count());
    }

    private static IEnumerable<string> Named() => typeof(StatementCoverageTests).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods().Where(m => m.GetCustomAttribute<FactAttribute>() is not null).Append<MemberInfo>(type))
        .SelectMany(member => member.GetCustomAttributesData().Where(a => a.AttributeType == typeof(TraitAttribute)))
        .Where(trait => (string?)trait.ConstructorArguments[0].Value == "mqtt")
        .Select(trait => (string)trait.ConstructorArguments[1].Value!)
        .Concat(MqttRows.All.Select(r => r.Id));
}
