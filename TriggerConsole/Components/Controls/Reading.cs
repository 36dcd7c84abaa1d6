using Microsoft.JSInterop;

namespace TriggerConsole.Components.Controls;

/// <summary>Asks the browser where the reader is.</summary>
internal static class Reading
{
    // A question that is on its way when the connection is cut is never answered, not even after the page has connected again
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Whether the list must not move, because the reader has scrolled or holds something open. False when the browser does not answer.</summary>
    public static async Task<bool> IsReadingAsync(this IJSRuntime browser)
    {
        try
        {
            return await browser.InvokeAsync<bool>("tc.isReading", s_patience);
        }
        catch (Exception exception) when (exception is OperationCanceledException or JSDisconnectedException)
        {
            return false;
        }
    }
}
