namespace TriggerConsole.Core.Hosting;

/// <summary>
/// What keeps connections for triggers of one kind. Brought up before triggers are loaded, so that the first attempt finds it, and
/// down after the last attempt has ended.
/// </summary>
internal interface IConnectionKeeper
{
    /// <summary>Loads what connections are made from, and begins to connect; does not wait for a connection.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Disconnects in good order.</summary>
    Task StopAsync();
}
