"""Names by which advisories and their databases call organisations, projects and accounts of these, in small letters.

Facts: read one by one in the AI Vulnerability Database. Other names are not kept as those of makers or finders, since
an account may be a person's own name.
"""

from __future__ import annotations

ORGANISATIONS = frozenset(
    """
0din team|1panel-dev|aiid|aimhubio|aio-libs|allegro.ai|allegroai|amazon|amd|anthropic|apache software foundation|avid|
aws|base44|bentoml|berriai|boxcars.ai|chain sea information integration co., ltd|chicago police department|cleanlab|
clawdbot|cline|cohere|comfyanonymous|conda-forge|copymatic|cvat-ai|cyclonedx|danswer-ai|deepjavalibrary|deepseek|
deepset-ai|dell|dependencytrack|dmlc|eclipse|elastic|eleutherai|embedai|eosphoros-ai|essential ai|fishaudio|gitlab|
google|gradio-app|gradle|h2oai|horovod|hugging face|hugginng face|huggingface|huggingface.co|humansignal|ibm|in-toto|
infiniflow|internlm|intuitive surgical|invoke-ai|jenkins project|jetbrains|jfrog|jupyter|jupyter-server|jupyterhub|
jupyterlab|kedro-org|kubeflow|langchain-ai|langflow-ai|langgenius|lightning-ai|liquid ai|lobehub|lunary-ai|man-group|
mendableai|meta|microsoft|mindgard|mindsdb|minimax|mintplex-labs|mistral|mlflow|modelscope|moltbook|mongodb inc|
mongodb inc.|moonshot ai|new york city dept. of education|nltk|northpointe|nvidia|onnx|open-webui|openai|openclaw|
opengeos|oracle corporation|orthanc|ozi-project|paddlepaddle|polyaxon|predpol|prefecthq|pytorch|qdrant|qualcomm, inc.|
quantumcloud|ray-project|red hat|redisbloom|reportportal|run-llama|rust-lang|rvc-project|spring|
spring by vmware tanzu|stanfordnlp|stitionai|streamlit|suse|tensorflow|tibco software inc.|tlsfuzzer|together ai|
transformeroptimus|twitter|uber|vantage6|vijil.ai|vllm-project|wix|wiz research|zed industries|zenml-io
""".replace("\n", "").split("|")
)
