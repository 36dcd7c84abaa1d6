using Xunit;

namespace TriggerConsole.Tests.Testing;

/// <summary>Tests that hold times against a bound: they run with nothing beside them, so that they measure the product and not the other tests.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
