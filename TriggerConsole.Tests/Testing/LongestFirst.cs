using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("TriggerConsole.Tests.Testing.LongestFirst", "TriggerConsole.Tests")]

namespace TriggerConsole.Tests.Testing;

/// <summary>Collections that share a server take minutes each, one test after the other: they begin first, so that the run does not end by waiting for one of them.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_long = [nameof(Browser.Chromium), nameof(PostgreSqlServer), nameof(RabbitMqServer)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections)
        => testCollections.OrderBy(c => Array.IndexOf(s_long, c.DisplayName) is var place && place < 0 ? s_long.Length : place);
}
